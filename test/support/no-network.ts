import nock from 'nock';

// Tests talk to servers they started themselves on the loopback, and to nothing else.
nock.disableNetConnect();
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);
