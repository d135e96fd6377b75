// Tests write `import CentrifugoProxyTesting`, which includes the handler protocols and the messages.
@_exported public import CentrifugoProxy
