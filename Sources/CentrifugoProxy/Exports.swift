// These imports give users the messages, `GRPCStatus`, `Metadata` and `TopicPattern` with `import CentrifugoProxy`; a
// plain `public import` would not export the names.
@_exported public import GRPCCall
@_exported public import ProxyMessages
@_exported public import TopicPatterns
