export default { test: { coverage: { provider: 'v8', thresholds: { lines: 90, functions: 90 } } } };
