// SPDX-License-Identifier: GPL-2.0
/*
 * Opens a file and does with it what the arguments say, one after the other:
 *
 *   block, nonblock   sets how it is read from then on
 *   read:N            reads at most N bytes
 *   bad:N             the same, into an address that nothing is mapped to
 *   poll:MS, epoll:MS waits for something to read
 *   seek              sets its position
 *   alarm             sets an alarm signal for a second later
 *   run:COMMAND       runs a shell command
 *   close             closes the file; the last argument
 *
 * Prints what it reads; other arguments print a line: the name of an error, or whether there is
 * something to read.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static void nothing(int signal)
{
	(void)signal;
}

static void say(const char *line)
{
	printf("%s\n", line);
	fflush(stdout);
}

static void ready(int count, unsigned int events)
{
	if (count < 0)
		say(strerrorname_np(errno));
	else if (count == 0)
		say("nothing");
	else
		say(events & POLLIN ? "something" : "something else");
}

int main(int argc, char **argv)
{
	/* Without SA_RESTART: an interrupted read fails. */
	struct sigaction action = { .sa_handler = nothing };
	int file = open(argv[1], O_RDONLY);
	int set = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };

	if (argc < 3 || file < 0) {
		say(argc < 3 ? "Usage: reader FILE WHAT..." : strerrorname_np(errno));
		return 1;
	}
	sigaction(SIGALRM, &action, NULL);
	epoll_ctl(set, EPOLL_CTL_ADD, file, &event);
	for (int i = 2; i < argc; i++) {
		char *colon = strchr(argv[i], ':');
		const char *with = colon ? colon + 1 : "";

		if (colon)
			*colon = 0;
		if (!strcmp(argv[i], "block")) {
			fcntl(file, F_SETFL, 0);
		} else if (!strcmp(argv[i], "nonblock")) {
			fcntl(file, F_SETFL, O_NONBLOCK);
		} else if (!strcmp(argv[i], "read")) {
			size_t size = atoi(with);
			char *text = malloc(size);
			ssize_t length = read(file, text, size);

			if (length < 0)
				say(strerrorname_np(errno));
			else
				fwrite(text, 1, length, stdout);
			fflush(stdout);
			free(text);
		} else if (!strcmp(argv[i], "bad")) {
			ssize_t length = read(file, (void *)16, atoi(with));

			say(length < 0 ? strerrorname_np(errno) : "read");
		} else if (!strcmp(argv[i], "poll")) {
			struct pollfd one = { .fd = file, .events = POLLIN };
			int count = poll(&one, 1, atoi(with));

			ready(count, one.revents);
		} else if (!strcmp(argv[i], "epoll")) {
			int count = epoll_wait(set, &event, 1, atoi(with));

			ready(count, event.events);
		} else if (!strcmp(argv[i], "seek")) {
			say(lseek(file, 0, SEEK_SET) < 0 ? strerrorname_np(errno) : "set");
		} else if (!strcmp(argv[i], "alarm")) {
			alarm(1);
		} else if (!strcmp(argv[i], "run")) {
			if (system(with))
				say("failed");
		} else if (!strcmp(argv[i], "close")) {
			close(file);
		} else {
			say("Usage: reader FILE WHAT...");
			return 1;
		}
	}
	return 0;
}
