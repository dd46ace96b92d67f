namespace Berth.Kubernetes.Model;

/// <summary>The faults of a single request.</summary>
internal enum RequestFault
{
    Refused,
    Hangs,
    Error500,
    Unavailable503,
    TooMany429,
    Unauthorized401,
    Forbidden403,
    Gone410,
    TooLarge504,
    Html200,
    EmptyObject,
    OtherKind,
    NoVersion,
    Empty,
    CutInHalf,
    BrokenInHalf,
}
