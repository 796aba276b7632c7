#!/bin/sh
set -e
cd $1
for f in $(ls *.txt); do
  echo $f
done
if [ $# == 2 ]; then
  unused=1
fi
