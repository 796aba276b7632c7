echo "generate.sh: prices.csv has no column 3" >&2
exit 3
