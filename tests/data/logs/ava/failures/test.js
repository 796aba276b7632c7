import test from 'ava'
test('foo fails', t => { t.is(1, 2) })
test('deep', t => { t.deepEqual({a:1},{a:2}) })
test('fine', t => t.pass())
