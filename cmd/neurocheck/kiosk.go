package main

import "github.com/spf13/cobra"

const kioskHelp = `A shared workstation should show the ward and nothing else. The screens lock by
themselves, and no key leads from a locked screen to a shell; but what the program was
started from is there again when the program ends, as by a signal from another terminal,
and when the machine starts. So run it in place of a shell, as a user of its own.

1. Make a user without other work, who owns the log:

     useradd --create-home --shell /usr/local/bin/neurocheck-kiosk ward
     install -d -o ward -g ward -m 700 /srv/ward

2. Make /usr/local/bin/neurocheck-kiosk, mode 755. "exec" leaves no shell behind, and
   the end of the program is the end of the session:

     #!/bin/sh
     export NEUROCHECK_DB=/srv/ward/neurocheck.db
     exec /usr/local/bin/neurocheck

3. On a text console, let systemd log that user in, and start again at each end
   (systemctl edit getty@tty1):

     [Service]
     ExecStart=
     ExecStart=-/sbin/agetty --autologin ward --noclear %I linux
     Restart=always

   In a graphical session start one terminal full screen with that command and no menu,
   no tabs, no new windows, for example: foot --fullscreen /usr/local/bin/neurocheck-kiosk

4. Close the ways around it: the other consoles (NAutoVTs=0 and ReserveVT=0 in
   logind.conf, DontVTSwitch in the X server), ctrl+alt+delete (systemctl mask
   ctrl-alt-del.target), Magic SysRq (sysctl kernel.sysrq=0), booting from a stick, and
   the firmware without a password. Encrypt the disk.

Over SSH use ForceCommand /usr/local/bin/neurocheck-kiosk for that user, with
DisableForwarding yes and PermitUserRC no.
`

// helpKiosk is the help topic about a workstation that shows the ward alone.
func helpKiosk() *cobra.Command {
	return &cobra.Command{Use: "kiosk", Short: "How to run the ward on a shared workstation", Long: kioskHelp}
}
