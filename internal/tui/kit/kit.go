// Package kit holds the parts that every screen is made of: the stack of screens,
// bindings, lists, forms, text fields, questions, and the readers of keys and bursts. Its
// fields read times, dates and lengths by package reading. It knows nothing of a ward: it
// imports neither ward, store nor icans, and a subject is an opaque string to it.
//
// The selected record of a list, line of a form or cell of a sheet is the one that the next
// key acts on. It is drawn with ▌.
//
// Start with screen.go for the interface that a screen implements and for the part of
// the stack that a screen may use. stack.go delivers keys and results and draws the
// frame. binding.go explains how a key becomes an action: each binding is one struct,
// and the help, the line of keys, the refusals and the dispatch all read it.
//
// Update decides and commands do: nothing here reads a clock or a file. The time of a
// key is an argument, and a timer is a message.
package kit
