import ProtobufWire
import ProxyMessages

/// What the server knows of an event, beside its handler.
protocol EventDefinition {
    static var event: ProxyEvent { get }
    /// Where Centrifugo's configuration switches the event on.
    static var centrifugoOption: String { get }
    /// What a call gets when the event has no handler.
    static var unhandledAnswer: UnhandledAnswer { get }
}

/// An event that a handler answers with one result, and the handler.
///
/// A type for each event, and not closures: a closure that passes through generic code is wrapped on its way in and on
/// its way out, and each wrapper of an async one is a frame of its own that looks for its executor when it goes on.
protocol UnaryEvent: EventDefinition, HandlerCall where Request: RoutedRequest, Answer: RoutedResult {}

extension UnaryEvent {
    static var unhandledAnswer: UnhandledAnswer { .reply(Reply<Answer>(error: .notFound), to: event) }
}

/// An event whose answer is a stream of publications.
protocol StreamEvent: EventDefinition {
    /// Decodes the first message of the peer, which has no more elements than allowed, and adds how many they are.
    static func decodeFirst(
        _ bytes: UnsafeRawBufferPointer,
        elementLimit: Int,
        elements: inout Int
    ) throws -> SubscribeRequest
}

extension StreamEvent {
    static var centrifugoOption: String { "subscribe_stream_proxy_enabled of the channel namespace" }

    static var unhandledAnswer: UnhandledAnswer {
        let reply = SubscribeResponse(error: .notFound)
        let message = StreamSubscribeResponse(subscribeResponse: reply)
        return .encoded(message.lengthPrefixed(), CallVerdict(reply, of: event))
    }
}

extension ProxyEvent {
    /// The event's definition, in the file that has its name.
    var definition: any EventDefinition.Type {
        switch self {
        case .connect: ConnectEvent.self
        case .refresh: RefreshEvent.self
        case .subscribe: SubscribeEvent.self
        case .subRefresh: SubRefreshEvent.self
        case .publish: PublishEvent.self
        case .rpc: RPCEvent.self
        case .mapPublish: MapPublishEvent.self
        case .mapRemove: MapRemoveEvent.self
        case .sharedPollRefresh: SharedPollRefreshEvent.self
        case .notifyCacheEmpty: NotifyCacheEmptyEvent.self
        case .notifyChannelState: NotifyChannelStateEvent.self
        case .subscribeUnidirectional: SubscribeUnidirectionalEvent.self
        case .subscribeBidirectional: SubscribeBidirectionalEvent.self
        }
    }

    /// Whether calls of the event are streams.
    var isStream: Bool { definition is any StreamEvent.Type }
}
