# SPDX-License-Identifier: GPL-2.0-only
# Cost of a spawn against depth: gnuplot -e "file='...'; target='...'" plot.gp
set terminal svg size 720,400 font 'sans-serif,13' background '#ffffff'
set output target
set datafile separator tab
set xlabel 'pid namespaces above the process'
set ylabel 'instructions, thousands'
set title 'clone(CLONE_VM | CLONE_VFORK), exit, wait' noenhanced
set key left top
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
set yrange [0:*]
set xrange [0:32]
of(kernel) = "< grep -P '^" . kernel . "\\t' " . file
plot of('stock-on') using 3:($4 / 1000) with linespoints lw 2 pt 7 ps 0.6 lc rgb '#b0413e' title 'base 6.12', \
     of('on') using 3:($4 / 1000) with linespoints lw 2 pt 7 ps 0.6 lc rgb '#2f6690' title 'pidns'
