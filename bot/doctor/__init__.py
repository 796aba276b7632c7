"""`coder-fix doctor`: facts in, findings out; how to read the facts is the adapters' business."""
