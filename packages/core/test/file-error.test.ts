import { expect } from 'chai';
import { isArdError } from '../src/errors.js';
import { fileError } from '../src/file-error.js';

describe('fileError', () => {
  it('turns a full disk into a sentence with a remedy', () => {
    const error = fileError(
      'write',
      'runs/a/config.json',
      Object.assign(new Error('write'), { code: 'ENOSPC' }),
    );
    expect(error.message).to.equal('Cannot write runs/a/config.json: the disk is full.');
    expect(isArdError(error) && error.remedy).to.contain('nothing that was saved before is lost');
  });

  it('passes on what it does not know, so that bugs keep their stack', () => {
    const bug = new TypeError('x is not a function');
    expect(fileError('write', 'a', bug)).to.equal(bug);
  });
});
