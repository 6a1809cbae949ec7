# SPDX-License-Identifier: GPL-2.0-only
# Throughput of a table against threads: gnuplot -e "file='...'; target='...'" threads.gp
set terminal svg size 720,320 font 'sans-serif,13' background '#ffffff'
set output target
set xlabel 'threads, each on a processor of its own, in one namespace'
set ylabel 'million pids a second of CPU'
set title 'a number taken, published and given back: all threads together' noenhanced
set key right top
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
set xtics 1
set yrange [0:*]
of(side) = "< grep '^" . side . " ' " . file
plot of('base') using 2:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#b0413e' title 'base 6.12', \
     of('ours') using 2:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#2f6690' title 'pidns'
