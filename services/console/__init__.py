"""The console: pages and an API for people. It reads views and sends commands, and decides nothing (design §7, §9).

A request goes through the rooms from the top:

``pages`` ``api`` ``live``     what is asked over HTTP, and the streams that keep pages fresh
``people`` ``citizen``         who asks: an account, or a citizen with a number and a code
``asking`` ``advice``          what may be asked of a ticket, and what people see before they do
``lists`` ``numbers``          tickets by the address of a list; figures that open as lists
``workplace`` ``attachments``  what people keep at work: held tickets, drafts, phrases, views; and files
``proof`` ``paper``            the record read where it lies; what leaves on paper or as a file

Below them lie the questions that all of them ask (``queries``, ``rows``), and ``desk``: what every request has at hand,
and the one way a command leaves here.
"""
