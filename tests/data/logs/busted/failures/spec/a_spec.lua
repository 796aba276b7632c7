describe('cart', function() it('sums', function() assert.are.equal(3, 1+1) end) it('ok', function() end) it('errs', function() error('no db') end) end)
