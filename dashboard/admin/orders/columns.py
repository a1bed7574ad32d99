"""The columns of the list of orders and the read-only fields on an order's page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from saleor.account.models import Address
from saleor.order import OrderStatus
from saleor.order.models import Order
from unfold.decorators import display

from dashboard.admin.base import format_money, format_time
from dashboard.admin.orders.refunds import DISPUTED, left_to_refund
from dashboard.policies import PaymentState
from dashboard.selectors.orders import payment_state_of
from plugins.discreet_shipping.labels import CONTENT_TYPES, SIZES, printable_kinds
from plugins.discreet_shipping.order_contract import contract_of
from plugins.discreet_shipping.packing import packing_checklist
from plugins.fulfilment.returns import open_return, returned_in_all
from plugins.ordering.invoices import invoice_of, order_rates
from plugins.ordering.order_state import attention_reasons, is_disputed
from plugins.ordering.totals import price_of_order, totals_of_order
from product_content import money

_STATUS_LABELS = {
    OrderStatus.UNFULFILLED: "Not sent",
    OrderStatus.PARTIALLY_FULFILLED: "Partly sent",
    OrderStatus.FULFILLED: "Sent",
    OrderStatus.CANCELED: "Cancelled",
}
_STATUS_COLOURS = {
    "Not sent": "info",
    "Partly sent": "warning",
    "Sent": "success",
    "Cancelled": "danger",
}
_PAYMENT_COLOURS = {
    PaymentState.PAID: "success",
    PaymentState.PARTLY_REFUNDED: "info",
    PaymentState.WAITING: "warning",
    PaymentState.REFUNDED: "info",
}


class OrderColumns:
    """Computed fields of `OrderAdmin`; `payment` needs `orders_with_payment`."""

    @display(description="Order", ordering="pk")
    def number(self, order: Order) -> str:
        """Return the number that customers know."""
        return str(order)

    @display(description="Placed", ordering="created")
    def placed(self, order: Order) -> SafeString:
        """Return when the customer placed it, on one line."""
        return one_line(format_time(order.created))

    @display(description="For")
    def recipient(self, order: Order) -> SafeString:
        """Return the name on the parcel, on one line; the order's page shows more."""
        address = order.shipping_address
        return one_line(address.full_name.strip() if address else "-")

    @display(description="Status", ordering="status", label=_STATUS_COLOURS)
    def state(self, order: Order) -> str:
        """Return the order's status."""
        return str(_STATUS_LABELS.get(order.status, order.status))

    @display(description="Payment", label=_PAYMENT_COLOURS)
    def payment(self, order: Order) -> str:
        """Return how the order is paid."""
        return payment_state_of(order)

    @display(description="To pay", ordering="total_gross_amount")
    def to_pay(self, order: Order) -> str:
        """Return what the customer pays, with tax, less what gift cards pay."""
        return format_money(order.total_gross_amount, order.currency)

    @display(description="Total")
    def order_total(self, order: Order) -> str:
        """Return the price of everything, with tax."""
        return format_money(price_of_order(order).amount, order.currency)

    @display(description="Delivery", ordering="shipping_method_name")
    def delivery(self, order: Order) -> str:
        """Return the delivery method as it was called when the order was placed."""
        return str(order.shipping_method_name or "-")

    @display(description="Delivery", ordering="shipping_method_name")
    def delivery_in_short(self, order: Order) -> SafeString:
        """Return the same, cut off where it is long."""
        return format_html('<span class="one-line" title="{0}">{0}</span>', self.delivery(order))

    @display(description="Attention", label={"Needs attention": "danger"})
    def flag(self, order: Order) -> str:
        """Return whether someone must look at the order."""
        return "Needs attention" if attention_reasons(order) else ""

    @display(description="E-mail")
    def email(self, order: Order) -> SafeString | str:
        """Return where the customer can be reached, and the way to a new order for them."""
        address = order.get_customer_email()
        if not address:
            return "-"
        page = f"{reverse('admin:order_order_for_customer')}?order={order.pk}"
        html = '<div>{}</div><a class="underline" href="{}">New order for them</a>'
        return format_html(html, address, page)

    @display(description="Send to")
    def ship_to(self, order: Order) -> SafeString | str:
        """Return what the label says, which may be a collection point; or the address."""
        contract = contract_of(order)
        label = contract["label"] if contract else None
        if label:
            return format_html_join("", "<div>{}</div>", ((row,) for row in label["recipient"]))
        return format_address(order.shipping_address)

    @display(description="Bill to")
    def bill_to(self, order: Order) -> SafeString | str:
        """Return the address of the bill."""
        return format_address(order.billing_address)

    @display(description="Goods")
    def goods(self, order: Order) -> str:
        """Return the price of the lines, before a discount."""
        return money.format_money(totals_of_order(order).subtotal)

    @display(description="Delivery price")
    def shipping(self, order: Order) -> str:
        """Return the price of the delivery, with tax."""
        return money.format_money(order.shipping_price_gross)

    @display(description="Discount")
    def discount_given(self, order: Order) -> str:
        """Return what a voucher took off."""
        totals = totals_of_order(order)
        names = ", ".join(one.name for one in totals.discounts)
        amount = money.format_money(totals.discount)
        return f"{amount} ({names})" if names else amount

    @display(description="Gift cards")
    def gift_cards_paid(self, order: Order) -> str:
        """Return what gift cards paid of it."""
        return money.format_money(totals_of_order(order).card_total)

    @display(description="VAT")
    def vat(self, order: Order) -> SafeString | str:
        """Return the VAT in what was bought, by rate; "none computed" for orders without rows."""
        rates = order_rates(order)
        if not rates:
            return "None computed"
        shown = ((row.percent, format_money(row.tax, order.currency),
                  format_money(row.net, order.currency)) for row in rates)  # fmt: skip
        return format_html_join("", "<div>{} %: {} on {}</div>", shown)

    @display(description="Invoice")
    def invoice(self, order: Order) -> SafeString | str:
        """Return the invoice's number, as links to its PDF in both wordings."""
        found = invoice_of(order)
        if found is None:
            return "-"
        link = '<a class="underline" href="{}">{}</a>'
        pages = [
            (reverse("admin:order_order_invoice", args=[order.pk, wording]), words)
            for wording, words in (("full", found.name), ("neutral", "without names of goods"))
        ]
        return format_html_join(" · ", link, pages)

    @display(description="Return")
    def sent_back(self, order: Order) -> str:
        """Return the state of a return, and how many pieces have come back so far."""
        coming, back = open_return(order), returned_in_all(order)
        known = [coming.get_state_display() if coming else "", f"{back} back" if back else ""]
        return ", ".join(filter(None, known)) or "-"

    @display(description="Money back")
    def money_back(self, order: Order) -> SafeString | str:
        """Return a link to the refund page: on a telephone the buttons are behind a menu."""
        left = left_to_refund(order)
        if left is None:
            return DISPUTED if is_disputed(order) else "Nothing is left to refund"
        page = reverse("admin:order_order_refund", args=[order.pk])
        words = f"Refund up to {format_money(left.amount, left.currency)}"
        return format_html('<a class="underline" href="{}">{}</a>', page, words)

    @display(description="Packing list")
    def packing_list(self, order: Order) -> SafeString | str:
        """Return the checklist of what the customer was promised."""
        contract = contract_of(order)
        if contract is None:
            return "-"
        return format_html_join(
            "", "<div>☐ <strong>{}</strong>: {}</div>", packing_checklist(contract)
        )

    @display(description="To print")
    def shipping_documents(self, order: Order) -> SafeString | str:
        """Return links to the labels and slips of this order, in each size and file format."""
        contract = contract_of(order)
        links = [
            (
                reverse("admin:order_shipping_document", args=[order.pk, kind, size, form]),
                kind,
                size,
                form,
            )
            for kind in (printable_kinds(contract) if contract else ())
            for size in SIZES
            for form in CONTENT_TYPES
        ]
        return format_html_join(" · ", '<a class="underline" href="{}">{} {} {}</a>', links) or "-"


def one_line(text: str) -> SafeString:
    """Return a text that is not broken into lines, so that rows of a list stay flat."""
    return format_html('<span class="whitespace-nowrap">{}</span>', text)


def format_address(address: Address | None) -> SafeString | str:
    """Return the lines of an address, escaped, one below the other."""
    if address is None:
        return "-"
    lines = (
        address.full_name.strip(),
        address.company_name,
        address.street_address_1,
        address.street_address_2,
        address.city_area,
        f"{address.city} {address.postal_code}".strip(),
        address.country_area,
        address.country.name,
        str(address.phone or ""),
    )
    return format_html_join("", "<div>{}</div>", ((line,) for line in lines if line))
