// SPDX-License-Identifier: GPL-2.0
/*
 * What questions.test.sh asks about: one process with known files, sockets, memory, signals and
 * credentials; a child that waits for a pipe; another that waits for a terminal; a BPF program; a
 * System V segment. It writes what is true of it to /tmp/truth, and sleeps.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static char secret[64] = "the secret word is xyzzy";
static void handler(int s) { (void)s; }

int main(int argc, char **argv)
{
	FILE *truth = fopen("/tmp/truth", "w");
	int file = open("/tmp/data", O_RDWR | O_CREAT, 0644);          /* 4 or so */
	char page[4096 * 3];
	memset(page, 'A', sizeof page);
	if (write(file, page, sizeof page) != sizeof page) return 1;
	dup2(file, 40);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(7777), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (bind(listener, (void *)&a, sizeof a) || listen(listener, 5)) perror("listen");
	dup2(listener, 41);
	int client = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(client, (void *)&a, sizeof a)) perror("connect");
	dup2(client, 42);
	int server = accept(listener, NULL, NULL);
	dup2(server, 43);
	int p[2];
	if (pipe(p)) return 1;
	dup2(p[0], 44);
	dup2(p[1], 45);
	pid_t child = fork();
	if (!child) {
		char c;
		prctl(PR_SET_NAME, "waiter");
		if (read(p[0], &c, 1)) _exit(0);
		_exit(0);
	}
	int ptmx = open("/dev/ptmx", O_RDWR | O_NOCTTY), unlock = 0, number = -1, slave = -1;
	char name[32];
	ioctl(ptmx, TIOCSPTLCK, &unlock);
	ioctl(ptmx, TIOCGPTN, &number);
	snprintf(name, sizeof name, "/dev/pts/%d", number);
	slave = open(name, O_RDWR | O_NOCTTY);
	if (slave < 0) perror(name);
	dup2(slave, 47);
	pid_t reader = fork();
	if (!reader) {
		char c;
		prctl(PR_SET_NAME, "ttyreader");
		if (read(slave, &c, 1)) _exit(0);
		_exit(0);
	}
	struct bpf_insn prog[] = { { .code = 0xb7, .dst_reg = 0, .imm = 0 }, { .code = 0x95 } };
	union bpf_attr attr;
	memset(&attr, 0, sizeof attr);
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (unsigned long)prog;
	attr.insn_cnt = 2;
	attr.license = (unsigned long)"GPL";
	strcpy(attr.prog_name, "ask_me");
	int bpf = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
	if (bpf < 0) perror("bpf");
	else dup2(bpf, 46);
	int shm = shmget(0x1234, 8192, IPC_CREAT | 0600);
	char *at = shmat(shm, NULL, 0);
	strcpy(at, "shared");
	struct sigaction sa = { .sa_handler = handler };
	sigaction(SIGUSR2, &sa, NULL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	fprintf(truth, "secret=0x%lx\nchild=%d\nreader=%d\nshm=%d\nbpf=%d\nhandler=0x%lx\npid=%d\n", (long)secret, child, reader, shm, bpf,
		(long)handler, getpid());
	fclose(truth);
	if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000)) return 1;
	for (;;) pause();
	(void)argc; (void)argv;
}
