import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './tests',
  reporter: 'dot',
  webServer: { command: 'node server.js', url: 'http://127.0.0.1:41873', timeout: 2000 },
});
