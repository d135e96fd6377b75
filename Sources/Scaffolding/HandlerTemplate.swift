/// A handler and its test, with placeholders for their names.
struct HandlerTemplate {
    /// The handler's file, in which `__Name__` stands for the actor.
    let handler: String
    /// The test's file, in which `__Module__` stands for the handler's module.
    let test: String

    init(_ type: HandlerType) {
        self =
            switch type {
            case .connect: .connect
            case .refresh: .refresh
            case .subscribe: .subscribe
            case .subRefresh: .subRefresh
            case .publish: .publish
            case .rpc: .rpc
            case .mapPublish: .mapPublish
            case .mapRemove: .mapRemove
            case .sharedPollRefresh: .sharedPollRefresh
            case .notifyCacheEmpty: .notifyCacheEmpty
            case .notifyChannelState: .notifyChannelState
            case .subscribeUnidirectional: .subscribeUnidirectional
            case .subscribeBidirectional: .subscribeBidirectional
            }
    }

    init(handler: String, test: String) {
        self.handler = handler + "\n"
        self.test = test + "\n"
    }

    /// The handler's file, with an actor called `name`.
    func handler(named name: String) -> String {
        handler.replacing("__Name__", with: name)
    }

    /// How to register the handler, taken from its documentation.
    func registration(named name: String) -> String {
        let found = handler.firstRange(of: "Register it with `").flatMap { start in
            handler[start.upperBound...].firstIndex(of: "`").map { handler[start.upperBound..<$0] }
        }
        return String(found ?? "ProxyService(…)").replacing("__Name__", with: name)
    }

    /// The test's file.
    func test(named name: String, module: String) -> String {
        test.replacing("__Name__", with: name).replacing("__Module__", with: module)
    }
}
