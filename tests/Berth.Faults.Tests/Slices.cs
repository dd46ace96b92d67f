namespace Berth.Faults;

/// <summary>The world of most tests: pods b-0, b-1, ... with an address each, in slices of service-b.</summary>
internal static class Slices
{
    /// <summary>The states of the first pods: <c>b-0 b-1</c>.</summary>
    public static string State(int pods) =>
        pods == 0 ? "(empty)" : string.Join(' ', Enumerable.Range(0, pods).Select(static i => $"b-{i}"));

    public static string Pod(int ordinal, bool ready = true) =>
        Json.Pod($"b-{ordinal}", $"10.0.0.{ordinal + 1}", $"uid-{ordinal}", ready: ready);

    /// <summary>The slice s with the first pods.</summary>
    public static string Of(int pods, string version) =>
        Json.Slice("s", version, [.. Enumerable.Range(0, pods).Select(static i => Pod(i))]);

    /// <summary>A list of that slice alone.</summary>
    public static string List(int pods, string version) => Json.List(version, Of(pods, version));
}
