import CentrifugoProxy
import HTTP2Framing

/// The paths that hand-made inputs ask for, then those of the service, which recordings of Centrifugo ask for.
let fuzzedRoutes: HTTP2Routes = {
    var paths: [(path: String, kind: HTTP2Routes.Kind)] = [("/unary", .unary), ("/stream", .streaming)]
    for event in ProxyEvent.allCases {
        let isStream = event == .subscribeUnidirectional || event == .subscribeBidirectional
        paths.append((event.path, isStream ? .streaming : .unary))
    }
    return HTTP2Routes(paths)
}()
