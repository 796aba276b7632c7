echo "reading prices.csv"
echo "generate.sh: prices.csv: column 3 has no name" >&2
exit 3
