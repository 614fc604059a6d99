//go:build !unix

package wholefile

import (
	"errors"
	"os"
)

const noFollow = 0

func tryLock(*os.File) error { return errors.ErrUnsupported }

func waitLock(*os.File) error { return errors.ErrUnsupported }
