// SPDX-License-Identifier: GPL-2.0
/*
 * nth: make each allocation, and each copy from or to the user, of one operation fail in turn.
 *
 *   nth load FILE PARAMETERS      finit_module(), then delete_module() without faults
 *   nth unload FILE PARAMETERS    finit_module() without faults, then delete_module()
 *   nth read PATH                 open, read all, close
 *   nth ask PATH TEXT             open for reading and writing, write, read all, close
 *   nth write PATH TEXT           open, write, close
 *
 * For n = 1, 2, ... the n-th fault point that this thread meets fails (/proc/thread-self/fail-nth),
 * until a run meets fewer than n. With a fault, the operation must fail with ENOMEM, with EFAULT,
 * or as it does without faults; or its answer must be the same as without. A failed load must leave
 * no module. A line that begins with `wrong: ` reports anything else. Prints a summary; the status
 * is 0 if nothing was wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIZE = 4 << 20, CHUNK = 1 << 16 };

static const char *what, *path, *text;
static char module[64];
static int fail_nth, wrongs;

/* What the operation has read, and what it has read without faults. */
static char *answer, *whole;
static size_t answer_len, whole_len;

static void __attribute__((format(printf, 1, 2))) wrong(const char *format, ...)
{
	va_list args;

	/* There are as many runs as faults, and some lines of a kind are enough. */
	if (++wrongs > 20)
		return;
	printf("wrong: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

static void die(const char *why)
{
	perror(why);
	exit(2);
}

static bool is(const char *name)
{
	return !strcmp(what, name);
}

/* The write itself is a copy from the user, which may be the one that fails. */
static void arm(unsigned int n)
{
	char number[16];
	int len = snprintf(number, sizeof(number), "%u", n);

	while (pwrite(fail_nth, number, len, 0) != len)
		if (errno != EFAULT)
			die("fail-nth");
}

/* Says whether a fault was injected. */
static bool disarm(void)
{
	char number[16] = "";
	ssize_t len = pread(fail_nth, number, sizeof(number) - 1, 0);
	bool injected = len > 0 && atoi(number) == 0;

	arm(0);
	return injected;
}

static int load(int fd)
{
	int err = syscall(SYS_finit_module, fd, text, 0) ? errno : 0;

	if (close(fd))
		die("close");
	return err;
}

/* Tries for some time: somebody may still be reading one of its files. */
static int unload(int tries)
{
	int err;

	do {
		err = syscall(SYS_delete_module, module, O_NONBLOCK) ? errno : 0;
		if (!err || err == ENOENT)
			return err;
		usleep(20000);
	} while (--tries > 0);
	return err;
}

/* How long a call took is another time each time: leaves out lines such as "1234 ns". */
static void leave_out_times(void)
{
	char *from = answer, *to = answer, *end = answer + answer_len;

	while (from < end) {
		char *next = memchr(from, '\n', end - from);
		size_t len = next ? next + 1 - from : end - from;
		size_t digits = 0;

		while (digits < len && from[digits] >= '0' && from[digits] <= '9')
			digits++;
		if (!digits || len - digits != 4 || memcmp(from + digits, " ns\n", 4)) {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	answer_len = to - answer;
}

static int read_all(int fd)
{
	for (;;) {
		ssize_t len = read(fd, answer + answer_len, answer_len + CHUNK < SIZE ? CHUNK : 0);

		if (len < 0)
			return errno;
		if (len == 0) {
			leave_out_times();
			return 0;
		}
		answer_len += len;
	}
}

static int use(void)
{
	int fd, err = 0;

	fd = open(path, is("read") ? O_RDONLY : is("ask") ? O_RDWR : O_WRONLY);
	if (fd < 0)
		return errno;
	if (text) {
		ssize_t len = write(fd, text, strlen(text));

		if (len < 0)
			err = errno;
		else if (len != (ssize_t)strlen(text))
			wrong("%zd bytes of %zu were taken", len, strlen(text));
	}
	if (!err && !is("write"))
		err = read_all(fd);
	if (close(fd) && !err)
		err = errno;
	return err;
}

/* Runs the operation with the n-th fault, if n is not 0. */
static int run(unsigned int n, bool *injected)
{
	int err, left, fd = -1;
	bool loads = is("load"), unloads = is("unload");

	answer_len = 0;
	if (loads || unloads)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if ((loads || unloads) && fd < 0)
		die(path);
	if (unloads && load(fd))
		die("loading without faults");
	arm(n);
	err = loads ? load(fd) : unloads ? unload(1) : use();
	*injected = disarm();
	if (loads || unloads) {
		left = unload(200);
		if (left && left != ENOENT)
			wrong("n=%u: the module cannot be removed: %s", n, strerror(left));
		if (loads && err && left != ENOENT)
			wrong("n=%u: loading failed (%s), and left the module", n, strerror(err));
		if (loads && !err && left)
			wrong("n=%u: loading succeeded, but the module is not there", n);
	}
	return err;
}

int main(int argc, char **argv)
{
	unsigned int n, failed = 0, succeeded = 0;
	int err, expected;
	bool injected;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 3 || argc > 4) {
		fprintf(stderr, "which operation?\n");
		return 2;
	}
	what = argv[1];
	path = argv[2];
	text = argv[3];
	if (!text && (is("load") || is("unload")))
		text = "";
	snprintf(module, sizeof(module), "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	module[strcspn(module, ".")] = '\0';

	/* Touched now, so that no page of it is missing later. */
	answer = malloc(SIZE);
	whole = malloc(SIZE);
	if (!answer || !whole)
		die("malloc");
	memset(answer, 1, SIZE);
	memset(whole, 1, SIZE);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth < 0)
		die("fail-nth");

	expected = run(0, &injected);
	whole_len = answer_len;
	memcpy(whole, answer, whole_len);
	for (n = 1; ; n++) {
		err = run(n, &injected);
		if (!injected)
			break;
		if (err)
			failed++;
		else
			succeeded++;
		if (err && err != ENOMEM && err != EFAULT && err != expected)
			wrong("n=%u: %s", n, strerror(err));
		if (!err && (answer_len != whole_len || memcmp(answer, whole, whole_len)))
			wrong("n=%u: no error, but another answer: %zu bytes, not %zu", n, answer_len, whole_len);
	}
	if (err != expected)
		wrong("at the end, without a fault: %s", err ? strerror(err) : "success");
	printf("%u faults: %u failed, %u succeeded all the same; without faults: %s\n", n - 1, failed, succeeded,
	       expected ? strerror(expected) : "success");
	return wrongs > 0;
}
