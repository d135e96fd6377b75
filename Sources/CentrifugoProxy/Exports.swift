// Users write `import CentrifugoProxy` and have the messages, `GRPCStatus`, `Metadata` and `TopicPattern`; a plain
// `public import` would leave them without the names.
@_exported public import GRPCCall
@_exported public import ProxyMessages
@_exported public import TopicPatterns
