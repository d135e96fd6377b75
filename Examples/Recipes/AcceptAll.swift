import CentrifugoProxy

/// Lets everybody in, everywhere: for a first try on your own machine.
actor Everybody: ConnectHandler, SubscribeHandler, PublishHandler {
    func connect(_ request: ConnectRequest, context: CallContext) -> ConnectResult {
        // Without a user the client is anonymous.
        ConnectResult(data: .text("welcome"))
    }

    func subscribe(_ request: SubscribeRequest, context: CallContext) -> SubscribeResult {
        SubscribeResult()
    }

    func publish(_ request: PublishRequest, context: CallContext) -> PublishResult {
        // Without data, what the client sent is published.
        PublishResult()
    }
}

func acceptAll() throws -> ProxyService {
    try ProxyService(handlers: [Everybody()])
}
