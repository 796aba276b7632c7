echo "reading 2 prices"
echo "totals.sh: line 4: expected 7, got 4" >&2
exit 3
