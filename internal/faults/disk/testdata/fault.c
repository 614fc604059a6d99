/*
 * Lets the disk fail under SQLite. It is loaded before the C library and answers
 * write, pwrite and fsync of the files in one folder with an error where the test
 * says so. Go's own calls do not come through here.
 *
 * NEUROCHECK_FAULTS_FOLDER names the folder, NEUROCHECK_FAULTS_ORDERS a file that
 * the test and this code both have in memory: struct orders.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The same stands in trouble_test.go. */
struct orders {
	int64_t calls;  /* which ones fail: WRITES or SYNCS */
	int64_t first;  /* the number of the first that fails, from 0 */
	int64_t most;   /* how many fail */
	int64_t answer; /* with which errno */
	int64_t seen;   /* how many there were */
};

enum { WRITES = 1, SYNCS = 2 };

static struct orders *orders;
static const char *folder;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("NEUROCHECK_FAULTS_ORDERS");
	folder = getenv("NEUROCHECK_FAULTS_FOLDER");
	if (!path || !folder)
		return;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *shared = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED) {
		perror("the orders of the faults");
		abort();
	}
	close(fd);
	orders = shared;
}

static int in_folder(int fd)
{
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path);
	size_t most = strlen(folder);
	return n > (ssize_t)most && !memcmp(path, folder, most) && path[most] == '/';
}

static int64_t order(int64_t *which)
{
	return __atomic_load_n(which, __ATOMIC_SEQ_CST);
}

/* fails counts a call, and returns which failing one it is, from 1, or 0. */
static int64_t fails(int64_t call, int fd)
{
	if (!orders || order(&orders->calls) != call || !in_folder(fd))
		return 0;
	int64_t nth = __atomic_fetch_add(&orders->seen, 1, __ATOMIC_SEQ_CST) - order(&orders->first);
	if (nth < 0 || nth >= order(&orders->most))
		return 0;
	errno = order(&orders->answer);
	return nth + 1;
}

#define NEXT(name) __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/*
 * A write that fails. A disk that gets full takes the beginning of the one that
 * fills it.
 */
#define WRITE(fd, n, ...) do { \
	int64_t nth = fails(WRITES, fd); \
	if (nth && !(nth == 1 && errno == ENOSPC && (n /= 2))) \
		return -1; \
	return next(fd, data, n, ##__VA_ARGS__); \
} while (0)

ssize_t write(int fd, const void *data, size_t n)
{
	NEXT(write);
	WRITE(fd, n);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
	NEXT(pwrite);
	WRITE(fd, n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	NEXT(pwrite64);
	WRITE(fd, n, at);
}

int fsync(int fd)
{
	NEXT(fsync);
	return fails(SYNCS, fd) ? -1 : next(fd);
}

int fdatasync(int fd)
{
	NEXT(fdatasync);
	return fails(SYNCS, fd) ? -1 : next(fd);
}
