describe('Player', () => { it('plays song', () => { expect(1).toBe(2) }); it('ok', () => { expect(1).toBe(1) }) })
