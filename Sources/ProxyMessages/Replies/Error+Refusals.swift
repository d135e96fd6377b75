// The names that only one kind of refusal has, for the short form: `throw .notFound`. The statuses of gRPC have none:
// Centrifugo reads neither their code nor their text, so a client would never learn which one was thrown.

extension Error where Self == CentrifugoError {
    /// 403: this user may not do that: `CentrifugoError.permissionDenied`.
    public static var permissionDenied: CentrifugoError { CentrifugoError.permissionDenied }
    /// 404: the requested object does not exist: `CentrifugoError.notFound`.
    public static var notFound: CentrifugoError { CentrifugoError.notFound }
    /// 409: the state has changed meanwhile: `CentrifugoError.conflict`.
    public static var conflict: CentrifugoError { CentrifugoError.conflict }
    /// 429: too many requests; temporary: `CentrifugoError.rateLimited`.
    public static var rateLimited: CentrifugoError { CentrifugoError.rateLimited }
    /// 500: the application failed; temporary: `CentrifugoError.internalError`.
    public static var internalError: CentrifugoError { CentrifugoError.internalError }
    /// 503: the application cannot answer now; temporary: `CentrifugoError.unavailable`.
    public static var unavailable: CentrifugoError { CentrifugoError.unavailable }

    /// Both kinds of refusal have this name, so say which.
    @available(*, unavailable, message: "write CentrifugoError.badRequest (400) or Disconnect.badRequest (4503)")
    public static var badRequest: CentrifugoError { CentrifugoError.badRequest }
    /// Both kinds of refusal have this name, so say which.
    @available(*, unavailable, message: "write CentrifugoError.unauthorized (401) or Disconnect.unauthorized (4500)")
    public static var unauthorized: CentrifugoError { CentrifugoError.unauthorized }
}

extension Error where Self == Disconnect {
    /// 4000: the service is being restarted; the SDK connects again: `Disconnect.goingAway`.
    public static var goingAway: Disconnect { Disconnect.goingAway }
    /// 4001: the application failed; the SDK connects again: `Disconnect.serverError`.
    public static var serverError: Disconnect { Disconnect.serverError }
    /// 4002: the service is overloaded; the SDK connects again: `Disconnect.overloaded`.
    public static var overloaded: Disconnect { Disconnect.overloaded }
    /// 4501: the service has no handler for connections; the SDK stays closed: `Disconnect.noHandler`.
    public static var noHandler: Disconnect { Disconnect.noHandler }
    /// 4502: this user may not connect; the SDK stays closed: `Disconnect.forbidden`.
    public static var forbidden: Disconnect { Disconnect.forbidden }
}
