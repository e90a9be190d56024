import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The tests that are to notice when code of the libvirt client's protocol is changed. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['packages/libvirt/src/{xdr,rpc,streams,events}/**/*.test.ts'],
    // Much of what is changed makes a test wait for ever.
    testTimeout: 8_000,
  },
});

export default config;
