import './gone.js'
export default 1
