export { visible } from '@sallyport/approvals/page/text.js'
