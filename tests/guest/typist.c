// SPDX-License-Identifier: GPL-2.0
/*
 * typist: drives a program by a terminal, as somebody who types does.
 *
 * Usage: typist SCRIPT COMMAND [ARGUMENT]...
 *
 * With the environment's RECORD, what the program prints goes to that file, too, as it is.
 *
 * A line of SCRIPT is one of these; in TEXT, \t, \r, \e, \\ and \xHH are characters.
 *
 *     # a comment
 *     type TEXT    writes TEXT to the terminal
 *     see TEXT     waits until the program has printed TEXT, since what was seen last
 *     unseen TEXT  TEXT has not been printed since then
 *     wait SECONDS
 *     end STATUS   waits until the program ends
 *
 * Each line but comments and `type` is a test, in TAP; the first that fails ends it, without a
 * plan. Colours and the like are left out of what the program prints.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A guest on a busy machine is slow, and it may have to boot first. */
#define PATIENCE 180

static int terminal;
static char seen[1 << 20];
static size_t length;
static size_t from;
static int number;
static int failed;
static FILE *record;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Adds what the program prints, without escape sequences, which may come in pieces. */
static void add(const char *bytes, size_t count)
{
	static enum { PLAIN, ESCAPE, SEQUENCE } state;

	for (size_t i = 0; i < count && length < sizeof(seen) - 1; i++) {
		char c = bytes[i];

		if (state == SEQUENCE) {
			if (c >= '@' && c <= '~')
				state = PLAIN;
		} else if (state == ESCAPE) {
			state = c == '[' ? SEQUENCE : PLAIN;
		} else if (c == '\033') {
			state = ESCAPE;
		} else if (c != '\r') {
			seen[length++] = c;
		}
	}
	seen[length] = 0;
}

/* Reads for at most so many seconds; false at the end. */
static int listen_for(double seconds)
{
	struct pollfd poll_for = { .fd = terminal, .events = POLLIN };
	char bytes[4096];
	ssize_t count;

	if (poll(&poll_for, 1, seconds * 1000) <= 0)
		return 1;
	count = read(terminal, bytes, sizeof(bytes));
	if (count <= 0)
		return 0;
	if (record)
		fwrite(bytes, 1, count, record);
	add(bytes, count);
	return 1;
}

static int hex(const char *digits)
{
	char both[3] = { digits[0], digits[1], 0 };

	return strtol(both, NULL, 16);
}

static size_t unescape(const char *text, char *to)
{
	size_t count = 0;

	for (; *text; text++) {
		if (*text != '\\' || !text[1]) {
			to[count++] = *text;
			continue;
		}
		switch (*++text) {
		case 't': to[count++] = '\t'; break;
		case 'r': to[count++] = '\r'; break;
		case 'n': to[count++] = '\n'; break;
		case 'e': to[count++] = '\033'; break;
		case 'x':
			to[count++] = hex(text + 1);
			text += 2;
			break;
		default: to[count++] = *text;
		}
	}
	to[count] = 0;
	return count;
}

static void tap(int good, const char *line)
{
	printf("%s %d - prompt: %s\n", good ? "ok" : "not ok", ++number, line);
	if (!good) {
		failed = 1;
		printf("# it printed:\n# ");
		for (size_t i = from; i < length; i++)
			printf(seen[i] == '\n' ? "\n# " : "%c", seen[i]);
		printf("\n");
	}
	fflush(stdout);
}

static int see(const char *text)
{
	double end = now() + PATIENCE;
	char *found;

	while (!(found = strstr(seen + from, text))) {
		if (now() > end || !listen_for(0.2))
			return strstr(seen + from, text) != NULL;
	}
	from = found - seen + strlen(text);
	return 1;
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 40, .ws_col = 100 };
	char line[4096], text[4096];
	FILE *script;
	pid_t child;

	if (argc < 3 || !(script = fopen(argv[1], "r"))) {
		fprintf(stderr, "typist SCRIPT COMMAND...\n");
		return 2;
	}
	if (getenv("RECORD") && !(record = fopen(getenv("RECORD"), "w"))) {
		perror("typist");
		return 2;
	}
	child = forkpty(&terminal, NULL, NULL, &size);
	if (child < 0)
		return 2;
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	while (!failed && fgets(line, sizeof(line), script)) {
		char *what = line, *rest;

		line[strcspn(line, "\n")] = 0;
		if (!*line || *line == '#')
			continue;
		rest = strchrnul(line, ' ');
		if (*rest)
			*rest++ = 0;
		size_t count = unescape(rest, text);

		if (!strcmp(what, "type")) {
			if (write(terminal, text, count) < 0)
				perror("typist");
			continue;
		}
		if (!strcmp(what, "wait")) {
			for (double end = now() + atof(text); now() < end;)
				listen_for(0.1);
			continue;
		}
		/* The whole line is the test's name. */
		if (!strcmp(what, "see")) {
			int good = see(text);

			tap(good, rest);
		} else if (!strcmp(what, "unseen")) {
			tap(!strstr(seen + from, text), rest);
		} else if (!strcmp(what, "end")) {
			int status = -1;

			for (double end = now() + PATIENCE; now() < end && listen_for(0.2);)
				;
			for (double end = now() + 5; now() < end && waitpid(child, &status, WNOHANG) == 0;)
				usleep(100000);
			tap(WIFEXITED(status) && WEXITSTATUS(status) == atoi(text), "it ends");
		} else {
			tap(0, what);
		}
	}
	kill(child, SIGKILL);
	if (record && fclose(record))
		failed = 1;
	if (!failed)
		printf("1..%d\n", number);
	return failed;
}
