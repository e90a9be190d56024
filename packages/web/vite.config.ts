import { defineConfig, type UserConfig } from 'vite';

/** Where `npm run dev` finds a controller. */
const controller = process.env['FERRY_URL'] ?? 'http://127.0.0.1:8774';

/** One page with files whose names change with their content: nothing inline, so that the strictest policy lets it run. */
const config: UserConfig = defineConfig({
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    // Libraries say which of their modules are for browsers alone: all of these are.
    rolldownOptions: {
      onLog: (level, log, tell) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : tell(level, log)),
    },
  },
  server: {
    proxy: {
      '/ferry': controller,
      '/v2.1': controller,
      '/identity': controller,
      '/console': { target: controller, ws: true },
    },
  },
});

export default config;
