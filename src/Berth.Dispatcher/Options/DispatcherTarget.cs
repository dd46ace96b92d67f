namespace Berth.Dispatcher;

/// <summary>One Service that the dispatcher answers for, and how the ports of its pods follow from their names.</summary>
/// <param name="Target">The Service.</param>
/// <param name="Ports">The rule that computes the ports of its pods.</param>
public sealed record DispatcherTarget(ServiceTarget Target, PortScheme Ports);
