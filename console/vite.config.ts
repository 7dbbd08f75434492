import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Files with a digest in their names, below the path that every process of an installation serves them at. */
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    target: 'es2022',
    // The page's policy allows neither inline images nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
})
