import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './tests',
  retries: process.env.CI ? 2 : 0,
  workers: 1,
  timeout: 500,
  reporter: process.env.CI ? [['list'], ['github']] : 'list',
  projects: [{ name: 'api' }],
});
