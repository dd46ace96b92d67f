namespace Berth.Dispatcher;

/// <summary>The order in which a dispatcher asks the desks of a target.</summary>
public enum SeatPolicy
{
    /// <summary>
    /// The lowest ordinal with room: pods are filled from the bottom, so that a StatefulSet, which scales down from the top, loses empty
    /// pods first.
    /// </summary>
    LowestOrdinal,

    /// <summary>The one with more room of two that are chosen by chance.</summary>
    LeastLoaded,

    /// <summary>The pod of the request's key, then the next one in the key's order. Without a key, as <see cref="LeastLoaded"/>.</summary>
    Sticky,
}
