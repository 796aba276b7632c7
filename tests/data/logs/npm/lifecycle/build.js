const { readFileSync } = require('node:fs');

JSON.parse(readFileSync('config.json', 'utf8'));
