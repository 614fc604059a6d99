package paper

import (
	"testing"

	"neurocheck/internal/tui/desk/desktest"
)

func TestWording(t *testing.T) { desktest.CheckWording(t, "testdata") }
