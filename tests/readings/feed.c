// SPDX-License-Identifier: GPL-2.0
/*
 * feed: write each line of standard input to the file `call`, and read the whole answer.
 *
 * Usage: feed CALL <EXPRESSIONS
 *
 * Prints how many lines there were, how many had a value, how many failed with each error, how many
 * bytes the answers had, and which line took longest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char line[4096], answer[1 << 16], slowest[4096];
static unsigned int failed[200];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	unsigned int lines = 0, values = 0;
	unsigned long long bytes = 0;
	double longest = 0;
	int call = open(argv[argc - 1], O_RDWR);

	if (argc != 2 || call < 0) {
		perror("feed CALL");
		return 1;
	}
	for (; fgets(line, sizeof(line), stdin); lines++) {
		double begin = now(), took;
		ssize_t got;

		if (write(call, line, strlen(line)) < 0) {
			int why = errno;

			/*
			 * Whether a pointer is one to what each CPU has its own of is known when it is
			 * read only. A device may be mapped where an element would lie that an array has
			 * not.
			 */
			if ((why == EINVAL || why == EPERM) &&
			    (got = read(call, answer, sizeof(answer) - 1)) > 0) {
				answer[got] = '\0';
				if (strstr(answer, "each CPU has its own") ||
				    strstr(answer, "this is the memory of a device"))
					why = EFAULT;
			}
			errno = why;
			failed[errno < 200 ? errno : 0]++;
			/* If the guest dies later, this is on its console. */
			if (errno != EFAULT && errno != ELOOP && errno != ETIMEDOUT)
				printf("%s: %s", strerror(errno), line);
		} else {
			values++;
			while ((got = read(call, answer, sizeof(answer))) > 0)
				bytes += got;
			if (got < 0) {
				printf("the answer cannot be read: %s: %s", strerror(errno), line);
				return 1;
			}
		}
		took = now() - begin;
		if (took > longest) {
			longest = took;
			strcpy(slowest, line);
		}
	}
	printf("lines %u\nvalues %u\nbytes %llu\n", lines, values, bytes);
	for (int number = 0; number < 200; number++)
		if (failed[number])
			printf("failed %u %s\n", failed[number], strerror(number));
	printf("longest %.3f s: %s", longest, slowest);
	return 0;
}
