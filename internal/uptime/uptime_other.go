//go:build !linux && !darwin

package uptime

import "neurocheck/internal/ward"

func ofMachine() (ward.Uptime, bool) { return ward.Uptime{}, false }
