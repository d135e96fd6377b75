// These imports give users the messages, `GRPCStatus`, `Metadata`, `MetricFamily`, `ProxyLogHandler` and `TopicPattern`
// with `import CentrifugoProxy`; a plain `public import` would not export the names.
@_exported public import GRPCCall
@_exported public import MetricsExposition
@_exported public import ProxyLogging
@_exported public import ProxyMessages
@_exported public import TopicPatterns
