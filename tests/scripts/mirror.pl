#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# mirror.pl: serve a test's mirror, also as a proxy. Prints the local port at which it listens.
#
# Usage: mirror.pl DIRECTORY LOG DROPS
#
# The first DROPS requests for a file get half of it. LOG gets the requested paths. As a proxy it
# serves the same files, whatever the host in the request.

use strict;
use warnings;
use IO::Socket::INET;

my ($directory, $log, $drops) = @ARGV;
my $server = IO::Socket::INET->new(Listen => 9, LocalAddr => '127.0.0.1') or die "no port: $!";
$| = 1;
print $server->sockport, "\n";
my %dropped;
while (my $client = $server->accept) {
	my ($path) = (<$client> // '') =~ m{^GET (?:http://[^/]*)?(/\S*)};
	my $from = 0;
	while (defined(my $header = <$client>)) {
		last if $header =~ /^\r?$/;
		$from = $1 if $header =~ /^Range: bytes=(\d+)-/i;
	}
	next unless defined $path;
	$path =~ s/%([0-9a-f]{2})/chr hex $1/gie;
	open(my $lines, '>>', $log) or die "$log: $!";
	print $lines "$path\n";
	close $lines;
	my $content;
	if (open(my $file, '<:raw', "$directory$path")) {
		local $/;
		$content = <$file>;
	}
	my $head = "Connection: close\r\n";
	if (!defined $content) {
		print $client "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n$head\r\n";
	} elsif ($from > 0 && $from >= length $content) {
		print $client "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n$head\r\n";
	} else {
		my $length = length $content;
		my $rest = substr $content, $from;
		$head .= "Content-Range: bytes $from-" . ($length - 1) . "/$length\r\n" if $from;
		$head .= 'Content-Length: ' . length($rest) . "\r\n\r\n";
		$rest = substr $rest, 0, length($rest) / 2 if $dropped{$path}++ < $drops;
		print $client 'HTTP/1.1 ', $from ? '206 Partial Content' : '200 OK', "\r\n$head$rest";
	}
	close $client;
}
