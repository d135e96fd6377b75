// Tests write `import CentrifugoProxyTesting` and have the handler protocols and the messages.
@_exported public import CentrifugoProxy
