//go:build unix

package main

import (
	"bufio"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"neurocheck/internal/store/storetest/fixture"
)

// installation is the package on a machine of its own, as far as a folder can be one: the
// paths of the units are below root, and the programs are those of the tests.
type installation struct {
	t    *testing.T
	root string
}

// unitFiles are the units of the package by their names.
const unitFiles = "../../.package/units/*.service"

// userHome is the home of the user of the units: see .package/sysusers.conf.
const userHome = "/var/lib/neurocheck"

// install makes the folders of the package, a ward with staff, and its settings.
func install(t *testing.T) *installation {
	t.Helper()
	in := &installation{t, t.TempDir()}
	for _, folder := range []string{userHome, "/var/lib/neurocheck-keys", "/var/backups/neurocheck", "/etc/neurocheck", "/run/credentials"} {
		if err := os.MkdirAll(in.root+folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("../../.package/environment")
	if err != nil {
		t.Fatal(err)
	}
	in.puts("/etc/neurocheck/environment", string(text))
	in.puts("/etc/neurocheck/site.toml", run(t, home(t), "config", "--default"))
	env := in.env()
	staffedWard(t, env, envOf(env, "NEUROCHECK_DB"))
	return in
}

func (in *installation) puts(path, text string) {
	in.t.Helper()
	if err := os.WriteFile(in.root+path, []byte(text), 0o600); err != nil {
		in.t.Fatal(err)
	}
}

func (in *installation) reads(path string) string {
	in.t.Helper()
	text, err := os.ReadFile(in.root + path)
	if err != nil {
		in.t.Fatal(err)
	}
	return string(text)
}

// sets changes a line of the file of the environment, as an administrator does.
func (in *installation) sets(name, value string) {
	in.t.Helper()
	const file = "/etc/neurocheck/environment"
	line := regexp.MustCompile("(?m)^" + name + "=.*$")
	text := in.reads(file)
	if !line.MatchString(text) {
		in.t.Fatalf("%s has no %s", file, name)
	}
	in.puts(file, line.ReplaceAllString(text, name+"="+value))
}

// env returns the environment that systemd gives to the units: the variables of the user,
// and the lines of the file, with its paths below root.
func (in *installation) env() []string {
	env := append([]string{"HOME=" + in.root + userHome, "USER=neurocheck", "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "CREDENTIALS_DIRECTORY=" + in.root + "/run/credentials"}, clockEnv()...)
	for line := range strings.Lines(in.reads("/etc/neurocheck/environment")) {
		line = strings.TrimSpace(line)
		if name, value, is := strings.Cut(line, "="); is && !strings.HasPrefix(line, "#") {
			if strings.HasPrefix(value, "/") {
				value = in.root + value
			}
			env = append(env, name+"="+value)
		}
	}
	return env
}

// setting returns the values of a setting of a unit.
func setting(unit, name string) (values []string) {
	for line := range strings.Lines(unit) {
		if value, is := strings.CutPrefix(strings.TrimSpace(line), name+"="); is {
			values = append(values, value)
		}
	}
	return values
}

// command returns the command of a unit, ready to start, with the umask and the credentials
// of the unit. Its ports are changed by the pairs of texts.
func (in *installation) command(name string, ports ...string) *exec.Cmd {
	in.t.Helper()
	text, err := os.ReadFile(strings.Replace(unitFiles, "*", "neurocheck-"+name, 1))
	if err != nil {
		in.t.Fatal(err)
	}
	unit, env := string(text), in.env()
	for _, credential := range setting(unit, "SetCredential") { // the one of a file counts more
		id, value, _ := strings.Cut(credential, ":")
		in.puts("/run/credentials/"+id, strings.ReplaceAll(value, `\x0a`, "\n"))
	}
	for _, credential := range setting(unit, "LoadCredential") {
		id, path, _ := strings.Cut(credential, ":")
		if _, err := os.Stat(in.root + path); err == nil {
			in.puts("/run/credentials/"+id, in.reads(path))
		} else if len(setting(unit, "SetCredential")) == 0 {
			in.t.Fatalf("neurocheck-%s needs %s", name, path)
		}
	}
	start, users := setting(unit, "ExecStart"), setting(unit, "User")
	if len(start) != 1 || len(users) != 1 || users[0] != "neurocheck" {
		in.t.Fatalf("neurocheck-%s runs %q as %q", name, start, users)
	}
	words := strings.Fields(strings.NewReplacer(ports...).Replace(start[0]))
	for i, word := range words {
		word = strings.ReplaceAll(word, "%d", in.root+"/run/credentials")
		words[i] = os.Expand(word, func(variable string) string { return envOf(env, variable) })
	}
	switch words[0] {
	case "/usr/bin/neurocheck":
		words[0] = "neurocheck"
	case "/usr/lib/neurocheck/backup":
		words[0] = "../../.package/backup"
	default:
		in.t.Fatalf("the package has no program %s", words[0])
	}
	if script, err := filepath.Abs(words[0]); err == nil && strings.Contains(words[0], "/") {
		words[0] = script
	}
	masks := setting(unit, "UMask")
	if len(masks) != 1 {
		in.t.Fatalf("neurocheck-%s has the masks %q", name, masks)
	}
	cmd := exec.Command("sh", append([]string{"-c", "umask " + masks[0] + ` && exec "$@"`, "sh"}, words...)...)
	cmd.Env, cmd.Dir = env, in.root
	return cmd
}

// runs runs a unit that ends by itself.
func (in *installation) runs(name string) (said string, status int) {
	in.t.Helper()
	cmd := in.command(name)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		in.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// listens starts a unit that listens, until it says so, and ends it by SIGTERM as systemd
// does. During is called in between.
func (in *installation) listens(name, opened string, during func(), ports ...string) {
	in.t.Helper()
	isOpen := regexp.MustCompile("(?m)" + opened)
	cmd := in.command(name, ports...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		in.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		in.t.Fatal(err)
	}
	limit := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() }) // a hang fails the test
	defer limit.Stop()
	lines := bufio.NewScanner(stderr)
	var said []string
	for open := false; !open && lines.Scan(); {
		said = append(said, lines.Text())
		open = isOpen.MatchString(lines.Text())
		if open {
			during()
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				in.t.Error(err)
			}
		}
	}
	for lines.Scan() {
		said = append(said, lines.Text())
	}
	if err := cmd.Wait(); err != nil || !isOpen.MatchString(strings.Join(said, "\n")) {
		in.t.Errorf("neurocheck-%s ended with %v, and said\n%s", name, err, strings.Join(said, "\n"))
	}
}

// statusSays waits until status --json has a text: a server says that it is open a moment
// before it counts its seats.
func (in *installation) statusSays(text string) {
	in.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		o := runToEnd(in.t, in.env(), "status", "--json")
		if strings.Contains(o.out, text) {
			return
		}
		if time.Now().After(end) {
			in.t.Fatalf("status does not say %q:\n%s%s", text, o.out, o.err)
		}
	}
}

// onlyTheOwnerReads fails if another user can read a file below the folders of the units.
func (in *installation) onlyTheOwnerReads() {
	in.t.Helper()
	err := filepath.Walk(in.root+"/var", func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
			in.t.Errorf("%s has the mode %v", strings.TrimPrefix(path, in.root), info.Mode())
		}
		return err
	})
	if err != nil {
		in.t.Fatal(err)
	}
}

// unitStories are the lives of the units, by the names of their services.
var unitStories = map[string]func(in *installation){
	"backup": func(in *installation) {
		if said, status := in.runs("backup"); status == 0 || !strings.Contains(said, "say who you are with --by NAME") {
			in.t.Errorf("without a name: status %d, said %s", status, said)
		}
		in.sets("NEUROCHECK_BACKUP_BY", "Sam Lee")
		in.puts("/etc/neurocheck/backup.pin", thePIN+"\n")
		key, err := age.GenerateX25519Identity()
		if err != nil {
			in.t.Fatal(err)
		}
		in.puts("/etc/neurocheck/recipients.txt", key.Recipient().String()+"\n")
		if said, status := in.runs("backup"); status != 0 {
			in.t.Errorf("status %d, said %s", status, said)
		}
		if list := names(in.t, in.root+"/var/backups/neurocheck"); !regexp.MustCompile(`^neurocheck-[-\d]{10}\.db\.age$`).MatchString(list) {
			in.t.Errorf("the folder of the backups has %s", list)
		}
		if said, status := in.runs("backup"); status != 0 || !strings.Contains(said, "there is a backup of today already") {
			in.t.Errorf("again: status %d, said %s", status, said)
		}
		in.statusSays(`"encrypted":true`)
	},
	"verify": func(in *installation) {
		if said, status := in.runs("verify"); status != 0 {
			in.t.Errorf("status %d, said %s", status, said)
		}
		in.statusSays(`"whole":true`)
		fixture.SQL(in.t, envOf(in.env(), "NEUROCHECK_DB"), "DROP TRIGGER stay_no_update", "UPDATE stay SET bed = '9' WHERE true")
		if said, status := in.runs("verify"); status != 1 {
			in.t.Errorf("an altered record: status %d, said %s", status, said)
		}
	},
	"intake": func(in *installation) {
		key := in.root + "/var/lib/neurocheck-keys/feed.key"
		env := append(in.env(), "NEUROCHECK_PIN="+thePIN)
		site := in.reads("/etc/neurocheck/site.toml")
		in.puts("/etc/neurocheck/site.toml", strings.Replace(site, "locations = []", `locations = ["H4"]`, 1))
		run(in.t, env, "staff", "add", "ADT", "--role", "feed", "--key-out", key, "--by", "Kim Adler")
		in.listens("intake", `^feed ADT is listened to at 127\.0\.0\.1:\d+$`, func() {}, ":2575", ":0")
	},
	"serve": func(in *installation) {
		in.listens("serve", `is open at .*:\d+; the key of this server is SHA256:`, func() {
			in.statusSays(`"seats":{`)
		}, ":2222", "127.0.0.1:0")
		in.reads("/var/lib/neurocheck-keys/host-key")
	},
}

// Each unit of the package runs by hand as it is written, with the folders of the package.
func TestTheUnitsRun(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(unitFiles)
	if err != nil {
		t.Fatal(err)
	}
	var units []string
	for _, file := range files {
		units = append(units, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "neurocheck-"), ".service"))
	}
	if stories := slices.Sorted(maps.Keys(unitStories)); !slices.Equal(units, stories) {
		t.Fatalf("the package has the units %q, and the test %q", units, stories)
	}
	for _, unit := range units {
		t.Run(unit, func(t *testing.T) {
			t.Parallel()
			in := install(t)
			unitStories[unit](in)
			in.onlyTheOwnerReads()
		})
	}
}

// neurocheck-ward reads the lines of the environment as systemd does, and runs none of them.
func TestTheWardRunsInTheEnvironmentOfTheUnits(t *testing.T) {
	t.Parallel()
	in := install(t)
	text, err := os.ReadFile("../../.package/ward")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.NewReplacer("/etc/neurocheck", in.root+"/etc/neurocheck", userHome, in.root+userHome,
		"runuser -u neurocheck -- neurocheck", "env").Replace(string(text))
	const address = "postgres://desk1@db.example/hospital?ward=w7b&sslmode=verify-full"
	in.puts("/etc/neurocheck/environment", in.reads("/etc/neurocheck/environment")+strings.Join([]string{
		"; a remark", "  NEUROCHECK_DB=" + address + " ", "NEUROCHECK_BACKUP_BY=touch made\r", `NEUROCHECK_FEED="ADT 2"`,
		"NEUROCHECK_HOST_KEY='/a b'", "NEUROCHECK_PEPPER=$(touch made)", "no variable", "2=a", "A-B=c", "LAST=`touch made`"}, "\n"))
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := strings.Split(string(out), "\n")
	for _, want := range []string{"NEUROCHECK_DB=" + address, "NEUROCHECK_CONFIG=/etc/neurocheck/site.toml", "NEUROCHECK_BACKUP_BY=touch made", "NEUROCHECK_FEED=ADT 2",
		"NEUROCHECK_HOST_KEY=/a b", "NEUROCHECK_PEPPER=$(touch made)", "LAST=`touch made`", "HOME=" + in.root + userHome} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
	if list := names(t, in.root+userHome); strings.Contains(list, "made") {
		t.Errorf("a line was run as a command: %s", list)
	}
}

// In the settings that every unit has, no two units differ.
func TestTheUnitsAreLockedDownAlike(t *testing.T) {
	files, err := filepath.Glob(unitFiles)
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var first string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, common, found := strings.Cut(string(text), "User=neurocheck\n")
		common, _, _ = strings.Cut(common, "\n\n[Install]")
		common = strings.TrimSpace(common)
		if first == "" {
			first = common
		}
		if !found || common != first {
			t.Errorf("%s is locked down as\n%s\nand %s as\n%s", file, common, files[0], first)
		}
	}
}
