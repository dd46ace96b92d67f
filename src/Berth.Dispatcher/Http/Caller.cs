namespace Berth.Dispatcher.Http;

/// <summary>The client of one request, as its token or certificate names it.</summary>
/// <param name="Name">The name, for messages.</param>
/// <param name="Targets">The targets that it may ask for, or null for all.</param>
internal sealed record Caller(string Name, IReadOnlySet<ServiceTarget>? Targets)
{
    public bool MayAskFor(ServiceTarget target) => Targets is null || Targets.Contains(target);
}
