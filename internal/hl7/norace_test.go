//go:build !race

package hl7

const measurable = true
