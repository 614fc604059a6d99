package sqlite

// RefuseMagic refuses a file system by its number.
var RefuseMagic = refuseMagic
